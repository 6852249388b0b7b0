-- Synergy degree of a composite system, −1 to 1: θ · (Π |Δ|)^(1/k) of k changes of order Δ;
-- θ is +1 when no change is negative, else −1. A change under 1e-12 is none: the degree is 0.
-- Null: a change is null or NaN. Error: a change lies outside [−1, 1].
-- Source: 孟庆松 & 韩文秀, geometric variant (method.md §2.2).
-- What is refused fails as a cast of its sentence: error() is volatile, which windows refuse.
create or replace macro order_synergy(deltas) as
-- The list around the argument is there to evaluate it once, however deep macros are nested.
list_transform(
    [deltas::double[]],
    lambda changes: case
        when
            changes is null
            or len(changes) = 0
            or list_count(changes) < len(changes)
            or isnan(coalesce(list_max(changes), 0))
            then null
        when list_min(changes) < -1 - 1e-9 or list_max(changes) > 1 + 1e-9
            then
                (
                    'order_synergy takes changes in [-1, 1], got '
                    || changes::varchar
                )::double
        when list_min(list_transform(changes, lambda change: abs(change))) < 1e-12
            then 0::double
        else
            case when list_min(changes) >= 0 then 1 else -1 end
            * pow(
                list_product(list_transform(changes, lambda change: abs(change))),
                1.0::double / len(changes)
            )
    end
)[1];
