-- One row: one gate that one unit met in one evaluated period: the grade it allows, its reason.
with points as (
    select * from intermediate.int_assessment_points
    where state = 'assessed'
),

figures as (
    select * from intermediate.int_assessment_figures
),

rates as (
    select * from intermediate.int_assessment_rates
),

events as (
    select * from intermediate.int_assessment_events
),

items as (
    select * from reference.assessment_items
    where veto <> 'none'
),

targets as (
    select * from reference.assessment_targets
    where is_binding or is_binding_elsewhere
),

gates as (
    select * from reference.assessment_gates
),

judged as (
    select
        points.grid_order,
        points.item_order,
        items.name_zh,
        items.name_en,
        items.veto,
        figures.actual,
        rates.*,
        targets.is_binding_elsewhere,
        coalesce(round(rates.annual_rate, 6) < 1, false) as misses_year,
        round(rates.cumulative_rate, 6) < 1 as misses_plan,
        -- Before the last year is over the target of the plan is not yet due.
        round(figures.years_elapsed, 6) >= figures.years_planned as is_final
    from points
    inner join items on points.item_order = items.item_order
    inner join figures on points.cell_order = figures.cell_order
    inner join targets on figures.target_order = targets.target_order
    inner join rates on points.cell_order = rates.cell_order
),

missed as (
    select
        *,
        case
            -- The rate of the city or the state, which nobody set for this unit: told, no veto.
            when is_binding_elsewhere
                then case when misses_year or misses_plan then 'borrowed_target_missed' end
            when veto = 'annual' then case when misses_year then 'annual_target_missed' end
            when misses_plan and is_final then 'final_target_missed'
            when misses_plan and misses_year then 'both_targets_missed'
            when misses_year then 'annual_target_missed'
            when misses_plan and veto = 'strict' then 'cumulative_target_missed'
        end as gate_code,
        misses_year and (veto = 'annual' or not misses_plan) as tells_year
    from judged
),

-- The year's numbers where the year was missed alone, else those of the plan so far.
told as (
    select
        grid_order,
        item_order,
        gate_code,
        name_zh,
        name_en,
        case when tells_year then required_annual else required_now end as required,
        case when tells_year then actual_annual else actual end as reached,
        case when tells_year then annual_rate else cumulative_rate end as rate,
        '' as event_zh,
        '' as event_en
    from missed
    union all by name
    select
        grid_order,
        -1 as item_order,
        kind as gate_code,
        '' as name_zh,
        '' as name_en,
        0.0 as required,
        0.0 as reached,
        0.0 as rate,
        description_zh as event_zh,
        description_en as event_en
    from events
)

select
    told.grid_order,
    told.item_order,
    told.gate_code,
    gates.gate_order,
    gates.at_most_order,
    fill_sentence(
        gates.reason_zh, told.name_zh, told.required, told.reached, told.rate, told.event_zh
    ) as reason_zh,
    fill_sentence(
        gates.reason_en, told.name_en, told.required, told.reached, told.rate, told.event_en
    ) as reason_en
from told
inner join gates on told.gate_code = gates.gate_code
