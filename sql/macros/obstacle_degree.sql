-- Obstacle degree (障碍度) of an indicator: (1 − score) · weight, in the weight's scale, 0–1.
-- Over its sum for a unit it is the share in which each indicator holds the unit back.
-- Null: an argument is null or NaN. Error: the score lies outside [0, 1] or the weight is negative.
-- Source: method.md §2.1.
-- What is refused fails as a cast of its sentence: error() is volatile, which windows refuse.
create or replace macro obstacle_degree(score, weight) as
case
    when coalesce(isnan(score::double + weight::double), true) then null
    when score < -1e-9 or score > 1 + 1e-9 or weight < 0
        then
            (
                'obstacle_degree takes a score in [0, 1] and a weight of at least 0, got '
                || concat_ws(' and ', score, weight)
            )::double
    else (1 - least(greatest(score::double, 0), 1)) * weight::double
end;
