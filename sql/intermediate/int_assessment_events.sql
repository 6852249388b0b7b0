-- One row: one event that counts in one evaluated period of its unit: twelve months from its date.
with grid as (
    select * from intermediate.int_grid
),

periods as (
    select * from reference.periods
),

happened as (
    select * from reference.assessment_events
),

items as (
    select * from reference.assessment_items
)

select
    grid.grid_order,
    happened.kind,
    items.item_order,
    happened.points,
    happened.description_zh,
    happened.description_en
from grid
inner join periods on grid.period = periods.period
inner join happened
    on
        grid.unit_code = happened.unit_code
        and periods.last_day >= happened.event_date
        and periods.last_day < happened.event_date + interval 1 year
left join items on happened.item_code = items.item_code
