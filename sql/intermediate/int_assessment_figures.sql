-- One row: one item of the assessment of one unit in one evaluated period, with target and figures.
with grid as (
    select * from intermediate.int_grid
),

rules as (
    select * from reference.assessment_rules
),

items as (
    select * from reference.assessment_items
),

targets as (
    select * from reference.assessment_targets
),

indicator_values as (
    select * from intermediate.int_indicator_values
),

item_values as (
    select
        indicator_values.unit_code,
        indicator_values.grid_order,
        indicator_values.state,
        indicator_values.value,
        indicator_values.value_period,
        indicator_values.window_end,
        indicator_values.age_months,
        items.item_order
    from indicator_values
    inner join items on indicator_values.indicator_code = items.indicator_code
),

-- A window is the same whenever it is looked at; the nearest look needs no carrying.
by_window as (
    select
        unit_code,
        item_order,
        window_end,
        arg_min(value, age_months) as value
    from item_values
    where state = 'observed'
    group by unit_code, item_order, window_end
)

select
    -- Sorts by unit, period and item, and joins faster than three words.
    grid.grid_order * 1000 + items.item_order as cell_order,
    grid.grid_order,
    items.item_order,
    targets.target_order,
    item_values.state = 'not_applicable' as is_not_applicable,
    item_values.value as actual,
    item_values.value_period,
    previous_windows.value as previous,
    base_windows.value as base,
    -- Years since the base, in months where a window ends within a year.
    (grid.month_number + 1) / 12.0 - (coalesce(targets.base_year, rules.base_year) + 1)
        as years_passed,
    (item_values.window_end + 1) / 12.0 - (targets.base_year + 1) as years_elapsed,
    targets.final_year - targets.base_year as years_planned
from grid
cross join items
cross join rules
left join targets
    on
        grid.unit_code = targets.unit_code
        and items.item_code = targets.item_code
        and grid.year between targets.valid_from_year and targets.valid_to_year
left join item_values
    on
        grid.grid_order = item_values.grid_order
        and items.item_order = item_values.item_order
left join by_window as previous_windows
    on
        grid.unit_code = previous_windows.unit_code
        and items.item_order = previous_windows.item_order
        and item_values.window_end - 12 = previous_windows.window_end
left join by_window as base_windows
    on
        grid.unit_code = base_windows.unit_code
        and items.item_order = base_windows.item_order
        and targets.base_year * 12 + 11 = base_windows.window_end
