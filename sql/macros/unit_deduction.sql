-- Points lost for a shortfall: `points` for every full `step` of it, nothing without a shortfall.
-- The shortfall is rounded to 6 digits before, so that exactly two steps cost two.
-- Null: the shortfall is null. Source: a municipal rule of 2018 (method.md §3.1 R9), rulings 11.
create or replace macro unit_deduction(shortfall, step, points) as
case
    when shortfall is not null
        then points * floor(round(greatest(shortfall, 0) / step, 6))
end;
