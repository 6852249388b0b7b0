-- exp(Σ w·ln max(x, lowest) / Σ w) over parts (structs with weight and score).
-- Null: a score is missing. Source: UNDP HDR 2020, technical note 1; method.md §7.2.
create or replace macro weighted_geometric_mean(parts, lowest) as
case
    when len(list_filter(parts, lambda part: part.score is null)) = 0
        then
            exp(
                list_sum(
                    list_transform(
                        parts,
                        lambda part: part.weight * ln(greatest(part.score, lowest))
                    )
                )
                / nullif(
                    list_sum(list_transform(parts, lambda part: part.weight)), 0
                )
            )
end;
