-- One row: one item of the assessment of one unit in one evaluated period: required and reached.
with figures as (
    select * from intermediate.int_assessment_figures
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

placed as (
    select
        figures.cell_order,
        figures.actual,
        figures.previous,
        figures.base,
        figures.years_elapsed,
        figures.years_planned,
        items.completion,
        items.higher_is_better,
        items.path,
        rules.stretches,
        targets.target_value,
        items.completion = 'decline' as is_decline,
        case
            when items.completion = 'decline' then targets.target_value / 100
            when items.completion = 'absolute_tonnage' or items.path = 'held'
                then targets.target_value
            -- Who started at the target or beyond keeps it; who did not, approaches it.
            when
                items.completion <> 'improvement_from_base'
                and case
                    when items.higher_is_better then figures.base >= targets.target_value
                    else figures.base <= targets.target_value
                end
                then null
            else targets.target_value - figures.base
        end as way_to_go,
        -- Within the plan, once its first year is over, every year has a part of the points.
        case
            when round(figures.years_elapsed, 6) between 1 and figures.years_planned
                then sections.annual_share
            else 0
        end as annual_part
    from figures
    inner join targets on figures.target_order = targets.target_order
    inner join items on figures.item_order = items.item_order
    inner join sections on items.section_code = sections.section_code
    cross join rules
    where figures.years_elapsed > 0
),

-- Declines run as shares; the way of a level is what lies between its base and its target.
due as (
    select
        *,
        case path
            when 'geometric' then geometric_path(way_to_go, years_elapsed, years_planned)
            when 'linear' then linear_path(way_to_go, years_elapsed, years_planned)
            when 'milestones' then way_to_go * milestone_share(years_elapsed, stretches)
            else way_to_go
        end as due_now,
        -- At the base nothing was due yet.
        coalesce(
            case path
                when 'geometric' then geometric_path(way_to_go, years_elapsed - 1, years_planned)
                when 'linear' then linear_path(way_to_go, years_elapsed - 1, years_planned)
                when 'milestones' then way_to_go * milestone_share(years_elapsed - 1, stretches)
            end,
            0
        ) as due_before
    from placed
),

required as (
    select
        *,
        case
            when years_elapsed >= years_planned then target_value
            when is_decline then 100 * due_now
            when completion = 'absolute_tonnage' or path = 'held' then due_now
            when base is null or way_to_go is null then target_value
            else base + due_now
        end as required_now,
        case when annual_part > 0 then 100 * annual_decline(due_now, due_before) end
            as required_annual,
        -- At the base nothing has fallen yet.
        case
            when annual_part > 0
                then
                    100
                    * annual_decline(
                        actual / 100,
                        case when round(years_elapsed, 6) = 1 then 0 else previous / 100 end
                    )
        end as actual_annual
    from due
)

select
    cell_order,
    annual_part,
    required_now,
    required_annual,
    actual_annual,
    decline_completion(actual_annual, required_annual) as annual_rate,
    case completion
        when 'decline' then decline_completion(actual, required_now)
        when 'level_higher_better' then level_completion(actual, required_now, true)
        when 'level_lower_better' then level_completion(actual, required_now, false)
        when 'improvement_from_base'
            then improvement_completion(actual, base, required_now, higher_is_better)
        when 'absolute_tonnage' then amount_completion(actual, required_now)
    end as cumulative_rate
from required
