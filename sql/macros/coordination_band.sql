-- Band 1–10 of a coordination degree d in [0, 1], rounded to 6 digits: [0, .1) is 1, [.9, 1] is 10.
-- Null: d is null or NaN. Error: d lies outside [0, 1].
-- Source: the ten left-closed levels in most use (method.md §2.1), rulings 11.
-- What is refused fails as a cast of its sentence: error() is volatile, which windows refuse.
create or replace macro coordination_band(d) as
-- The list around the argument is there to evaluate it once, however deep macros are nested.
list_transform(
    [d::double],
    lambda degree: case
        when degree is null or isnan(degree) then null
        when degree < -1e-9 or degree > 1 + 1e-9
            then
                ('coordination_band takes a degree in [0, 1], got ' || degree::varchar)::integer
        -- In millionths, so that no product of doubles decides on which side of an edge it falls.
        else greatest(1, least(10, round(degree * 1e6)::integer // 100000 + 1))
    end
)[1];
