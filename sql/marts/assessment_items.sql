-- One row: one item of the assessment (考核) of one unit in one evaluated period.
with figures as (
    select * from intermediate.int_assessment_figures
),

rates as (
    select * from intermediate.int_assessment_rates
),

points as (
    select * from intermediate.int_assessment_points
),

grid as (
    select * from intermediate.int_grid
),

items as (
    select * from reference.assessment_items
),

sections as (
    select * from reference.assessment_sections
),

targets as (
    select * from reference.assessment_targets
),

rules as (
    select * from reference.assessment_rules
)

select
    grid.unit_code,
    grid.period,
    items.item_code,
    items.section_code,
    items.indicator_code,
    rules.rule_set,
    items.rule_code,
    points.state,
    points.reason,
    case
        when figures.years_elapsed is null or figures.years_elapsed <= 0 then null
        when round(figures.years_elapsed, 6) > figures.years_planned then 'held'
        when figures.years_elapsed > figures.years_planned - 1 then 'final_year'
        else 'running'
    end as phase,
    targets.target_code,
    coalesce(targets.target_origin, 'none') as target_origin,
    targets.target_value,
    coalesce(targets.is_binding, false) as is_binding,
    figures.value_period,
    case when items.completion = 'decline' then 0 else figures.base end as base,
    figures.previous,
    figures.actual,
    rates.required_now,
    rates.actual_annual,
    rates.required_annual,
    rates.annual_part,
    rates.annual_rate,
    rates.cumulative_rate,
    sections.points * items.share as points_nominal,
    points.points_available,
    points.points,
    points.event_points,
    case when points.state = 'assessed' then warning_colour(rates.cumulative_rate) end as colour
from points
inner join grid on points.grid_order = grid.grid_order
inner join items on points.item_order = items.item_order
inner join sections on points.section_order = sections.section_order
inner join figures on points.cell_order = figures.cell_order
cross join rules
left join targets on figures.target_order = targets.target_order
left join rates on points.cell_order = rates.cell_order
order by points.cell_order
