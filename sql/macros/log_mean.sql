-- Logarithmic mean L(a, b) = (a − b) / (ln a − ln b) of two amounts, in their unit;
-- L(a, a) = a and L(a, 0) = 0 are its limits. Null: one is null, NaN or infinite.
-- Error: one is negative.
-- Source: Ang 2005, Energy Policy 33:867–871; limits: Wood & Lenzen 2006, 34:1326–1331.
-- What is refused fails as a cast of its sentence: error() is volatile, which windows refuse.
create or replace macro log_mean(a, b) as
case
    when not coalesce(isfinite(a::double) and isfinite(b::double), false) then null
    when least(a, b) < 0
        then
            (
                'log_mean takes amounts of at least 0, got '
                || a::varchar
                || ' and '
                || b::varchar
            )::double
    when least(a, b) = 0 then 0::double
    when a = b then a::double
    -- ln a − ln b = 2 atanh((a − b) / (a + b)), which does not cancel when a and b are close;
    -- the sum is taken of halves, because that of the largest doubles would overflow.
    when greatest(a, b) < 2 * least(a, b)
        then
            (a::double - b::double)
            / (2 * atanh((a::double - b::double) / (a::double / 2 + b::double / 2) / 2))
    else (a::double - b::double) / (ln(a::double) - ln(b::double))
end;
