-- Cross-elasticity Els = numerator rate / denominator rate, unbounded; its sign alone says nothing:
-- two rises give a plus too. Read synergy_quadrant first and use this in quadrants I and III only.
-- Null: the denominator is 0, or the ratio is not finite.
-- Source: method.md §2.4 (PMC11666946, table 2), rulings 7.
create or replace macro cross_elasticity(rate_numerator, rate_denominator) as
case
    when isfinite(rate_numerator::double / nullif(rate_denominator::double, 0))
        then rate_numerator::double / nullif(rate_denominator::double, 0)
end;
