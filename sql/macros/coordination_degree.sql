-- Coordination degree D = sqrt(C · T), 0–1, of coupling degree c and weighted mean score t.
-- D = 0 when t = 0, where c is null (the limit: C ≤ 1, T = 0).
-- Null: t is null or NaN, or c is beside t > 0. Error: an argument lies outside [0, 1].
-- Source: method.md §2.1, rulings 1.
-- What is refused fails as a cast of its sentence: error() is volatile, which windows refuse.
create or replace macro coordination_degree(c, t) as
-- The list around the arguments is there to evaluate them once, however deep macros are nested.
list_transform(
    [{ 'coupling': c::double, 'mean': t::double }],
    lambda given: case
        when
            given.mean is null or isnan(given.mean) or isnan(given.coupling)
            then null
        -- A weighted mean of ones may exceed 1 by its rounding.
        when
            given.mean < -1e-9
            or given.mean > 1 + 1e-9
            or given.coupling < -1e-9
            or given.coupling > 1 + 1e-9
            then
                (
                    'coordination_degree takes c and t in [0, 1], got '
                    || given::varchar
                )::double
        when given.mean <= 0 then 0::double
        when given.coupling is null then null
        else least(1::double, sqrt(greatest(given.coupling, 0) * given.mean))
    end
)[1];
