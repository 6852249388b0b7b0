-- One row: one indicator of one unit as it stands in one evaluated period, from figures received.
with grid as (
    select * from intermediate.int_grid
),

windows as (
    select * from intermediate.int_windows
)

select
    grid.unit_code,
    windows.indicator_code,
    grid.period,
    windows.value,
    windows.value_period,
    windows.window_end,
    grid.month_number - windows.window_end as age_months
from grid
inner join windows
    on
        grid.unit_code = windows.unit_code
        and grid.month_number between windows.window_end and windows.serves_until
