-- One row: what the system measures of one unit's reporting over the twelve months to one period.
with due as (
    select * from intermediate.int_figures_due
),

grid as (
    select * from intermediate.int_grid
),

by_month as (
    select
        unit_code,
        due_month,
        count(*) as figures_due,
        count(*) filter (where has_passed) as figures_passed,
        count(*) filter (where is_timely) as figures_timely
    from due
    where is_due
    group by unit_code, due_month
),

counted as (
    select
        grid.unit_code,
        grid.period,
        grid.month_number,
        sum(by_month.figures_due) as figures_due,
        sum(by_month.figures_passed) as figures_passed,
        sum(by_month.figures_timely) as figures_timely
    from grid
    inner join by_month
        on
            grid.unit_code = by_month.unit_code
            and by_month.due_month between grid.month_number - 11 and grid.month_number
    group by grid.unit_code, grid.period, grid.month_number
)

select
    unit_code,
    period,
    month_number,
    'pass_rate' as measure,
    100.0 * figures_passed / nullif(figures_due, 0) as value
from counted
union all by name
select
    unit_code,
    period,
    month_number,
    'timeliness' as measure,
    100.0 * figures_timely / nullif(figures_due, 0) as value
from counted
