-- Σ w·x / Σ w over parts (structs with weight and score). Null: a score is missing.
create or replace macro weighted_arithmetic_mean(parts) as
case
    when len(list_filter(parts, lambda part: part.score is null)) = 0
        then
            list_sum(
                list_transform(parts, lambda part: part.weight * part.score)
            )
            / nullif(
                list_sum(list_transform(parts, lambda part: part.weight)), 0
            )
end;
