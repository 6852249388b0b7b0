-- One row: one item of the assessment of one unit in one evaluated period: state and points.
with figures as (
    select * from intermediate.int_assessment_figures
),

rates as (
    select * from intermediate.int_assessment_rates
),

deductions as (
    select * from intermediate.int_assessment_events
    where kind = 'deduction' and item_order is not null
),

rules as (
    select * from reference.assessment_rules
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

deducted as (
    select
        grid_order,
        item_order,
        sum(points::decimal(18, 6))::double as points
    from deductions
    group by grid_order, item_order
),

judged as (
    select
        figures.cell_order,
        figures.grid_order,
        figures.item_order,
        sections.section_order,
        items.share::decimal(18, 9) as share,
        sections.points as section_points,
        sections.steps,
        sections.steps_most,
        items.deduction_step,
        items.deduction_points,
        coalesce(targets.is_binding, false) as is_binding,
        rates.annual_part,
        rates.annual_rate,
        rates.cumulative_rate,
        case
            when items.higher_is_better then rates.required_now - figures.actual
            else figures.actual - rates.required_now
        end as shortfall,
        rules.rise_zero <> 'off' and items.zero_if_worse
        and (rules.rise_zero = 'strict' or round(rates.cumulative_rate, 6) < 1)
        and coalesce(
            case
                when items.higher_is_better then round(figures.actual - figures.previous, 6) < 0
                else round(figures.actual - figures.previous, 6) > 0
            end,
            false
        ) as is_zero_for_worse,
        case
            when figures.is_not_applicable then 'not_applicable'
            when figures.target_order is null then 'no_district_target'
            when targets.target_value = 0 and items.completion = 'absolute_tonnage'
                then 'nothing_assigned'
            when figures.years_passed <= 0 then 'plan_not_started'
            when figures.actual is null then 'no_figure'
            when figures.years_elapsed <= 0 then 'figure_of_base_year'
            when rates.cumulative_rate is null and rates.required_now = 0 then 'zero_target'
            when rates.cumulative_rate is null then 'no_base_figure'
            when rates.annual_part > 0 and rates.annual_rate is null then 'no_previous_figure'
        end as reason
    from figures
    inner join items on figures.item_order = items.item_order
    inner join sections on items.section_code = sections.section_code
    cross join rules
    left join targets on figures.target_order = targets.target_order
    left join rates on figures.cell_order = rates.cell_order
),

-- The points of items without a result go to the others of their section.
totals as (
    select
        grid_order,
        section_order,
        sum(share)::double as share
    from judged
    where reason is null
    group by grid_order, section_order
),

earned as (
    select
        judged.*,
        judged.section_points * judged.share::double / totals.share as points_available,
        overfulfilment_bonus(
            case
                when judged.annual_part = 1 then judged.annual_rate else judged.cumulative_rate
            end,
            rules.bonus_step,
            rules.bonus_points,
            rules.bonus_most
        ) * rules.bonus_scale as bonus,
        case
            when judged.is_zero_for_worse then 0
            when judged.deduction_step is not null
                then
                    greatest(
                        0,
                        1 - unit_deduction(
                            judged.shortfall, judged.deduction_step, judged.deduction_points
                        ) / (judged.section_points * judged.share::double)
                    )
            when judged.steps is not null
                then
                    coalesce(
                        judged.annual_part * step_score(judged.annual_rate, judged.steps), 0
                    ) / judged.steps_most
                    + (1 - judged.annual_part)
                    * step_score(judged.cumulative_rate, judged.steps) / judged.steps_most
            else
                coalesce(judged.annual_part * least(greatest(judged.annual_rate, 0), 1), 0)
                + (1 - judged.annual_part) * least(greatest(judged.cumulative_rate, 0), 1)
        end as share_earned
    from judged
    inner join totals
        on
            judged.grid_order = totals.grid_order
            and judged.section_order = totals.section_order
    cross join rules
    where judged.reason is null
)

select
    judged.cell_order,
    judged.grid_order,
    judged.item_order,
    judged.section_order,
    case
        when judged.reason is null then 'assessed'
        when judged.reason in ('not_applicable', 'nothing_assigned') then 'not_applicable'
        when judged.reason in ('no_district_target', 'zero_target') then 'left_out'
        when judged.reason in ('plan_not_started', 'figure_of_base_year') then 'not_due'
        else 'missing'
    end as state,
    case when earned.is_zero_for_worse then 'worse_than_previous_year' else judged.reason end
        as reason,
    earned.points_available,
    case
        when earned.cell_order is not null
            then
                greatest(
                    0, earned.points_available * earned.share_earned - coalesce(deducted.points, 0)
                )
    end as points,
    earned.bonus,
    coalesce(deducted.points, 0) as event_points,
    judged.is_binding
from judged
left join earned on judged.cell_order = earned.cell_order
left join deducted
    on judged.grid_order = deducted.grid_order and judged.item_order = deducted.item_order
