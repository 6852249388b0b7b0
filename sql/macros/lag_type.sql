-- The side that lags, of scores p (pollution) and k (carbon) in [0, 1]: synchronous when
-- |p − k| ≤ .1, else carbon_lagging (p > k) or pollution_lagging; p − k is rounded to 6 digits.
-- Null: a score is null or NaN. Error: a score lies outside [0, 1].
-- Source: 自然资源学报 2020 35(9):2044, table 2 (method.md §2.1), rulings 11.
-- What is refused fails as a cast of its sentence: error() is volatile, which windows refuse.
create or replace macro lag_type(p, k) as
-- The list around the arguments is there to evaluate them once, however deep macros are nested.
list_transform(
    [{ 'pollution': p::double, 'carbon': k::double }],
    lambda given: case
        when coalesce(isnan(given.pollution + given.carbon), true) then null
        when
            least(given.pollution, given.carbon) < -1e-9
            or greatest(given.pollution, given.carbon) > 1 + 1e-9
            then ('lag_type takes scores in [0, 1], got ' || given::varchar)::double::varchar
        when round(given.pollution - given.carbon, 6) > 0.1::double
            then 'carbon_lagging'
        when round(given.carbon - given.pollution, 6) > 0.1::double
            then 'pollution_lagging'
        else 'synchronous'
    end
)[1];
