-- Pollution equivalents (污染当量) of an emission: kg / equivalent_kg (kg per equivalent).
-- Equivalents of air and of water are never added to each other.
-- Null: an argument is null, NaN or infinite, or equivalent_kg is 0. Error: one is negative.
-- Source: Environmental Protection Tax Law, annex 2 (method.md §2.5).
-- What is refused fails as a cast of its sentence: error() is volatile, which windows refuse.
create or replace macro pollution_equivalents(kg, equivalent_kg) as
case
    when not coalesce(isfinite(kg::double + equivalent_kg::double), false) then null
    when least(kg, equivalent_kg) < 0
        then
            (
                'pollution_equivalents takes amounts of at least 0, got '
                || concat_ws(' and ', kg, equivalent_kg)
            )::double
    else kg::double / nullif(equivalent_kg::double, 0)
end;
