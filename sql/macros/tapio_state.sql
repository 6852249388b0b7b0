-- Tapio's decoupling state of two growth rates (.05 is a rise by 5 %), by signs and elasticity;
-- the elasticity is rounded to 6 digits before it meets .8 and 1.2. No change of emission is weak.
-- Null: a rate is null, NaN or infinite, or the economy did not move.
-- Source: method.md §2.10 (PMC10559243, table 3), rulings 7 and 8.
create or replace macro tapio_state(growth_emission, growth_gdp) as
case
    when
        not coalesce(isfinite(growth_emission::double) and isfinite(growth_gdp::double), false)
        or growth_gdp = 0
        then null
    when growth_gdp > 0
        then
            case
                when growth_emission < 0 then 'strong_decoupling'
                when round(growth_emission::double / growth_gdp, 6) <= 0.8::double
                    then 'weak_decoupling'
                when round(growth_emission::double / growth_gdp, 6) <= 1.2::double
                    then 'expansive_coupling'
                else 'expansive_negative_decoupling'
            end
    when growth_emission > 0 then 'strong_negative_decoupling'
    when round(growth_emission::double / growth_gdp, 6) <= 0.8::double
        then 'weak_negative_decoupling'
    when round(growth_emission::double / growth_gdp, 6) <= 1.2::double
        then 'recessive_coupling'
    else 'recessive_decoupling'
end;
