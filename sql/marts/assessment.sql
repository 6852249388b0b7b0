-- One row: the assessment score (考核得分) of one unit in one evaluated period, and its grade.
with grid as (
    select * from intermediate.int_grid
),

parameters as (
    select * from reference.parameters
),

rules as (
    select * from reference.assessment_rules
),

sections as (
    select * from intermediate.int_assessment_sections
),

grades as (
    select * from reference.assessment_grades
),

gates as (
    select
        grid_order,
        min(at_most_order) as at_most_order,
        string_agg(gate_code, ' ' order by gate_order, item_order) as gate_codes,
        string_agg(reason_zh, chr(10) order by gate_order, item_order) as gate_reasons_zh,
        string_agg(reason_en, chr(10) order by gate_order, item_order) as gate_reasons_en
    from intermediate.int_assessment_gates
    group by grid_order
),

events as (
    select * from intermediate.int_assessment_events
    where kind = 'deduction' and item_order is null
),

points as (
    select * from intermediate.int_assessment_points
    where event_points > 0
),

items as (
    select * from reference.assessment_items
),

-- An item that has no points takes no part in the total: what it would have lost, the total loses,
-- and no more than the item has. Else holding a figure back would cancel what an event takes off.
of_items_without_points as (
    select
        points.grid_order,
        least(points.event_points, sections.points_nominal * items.share) as points
    from points
    inner join items on points.item_order = items.item_order
    inner join sections
        on
            points.grid_order = sections.grid_order
            and points.section_order = sections.section_order
    where points.state <> 'assessed' or sections.state <> 'assessed'
),

taken_off as (
    select
        grid_order,
        points
    from events
    union all by name
    select *
    from of_items_without_points
),

deductions as (
    select
        grid_order,
        sum(points::decimal(18, 6))::double as points
    from taken_off
    group by grid_order
),

gathered as (
    select
        sections.grid_order,
        bool_or(sections.lacks_binding_figure) as lacks_binding_figure,
        bool_and(sections.state in ('not_due', 'not_applicable')) as is_early,
        sum((sections.points_nominal * sections.coverage)::decimal(18, 9))::double / 100
            as coverage,
        coalesce(
            list_sum(
                list(sections.points_nominal order by sections.section_order)
                filter (where sections.state = 'assessed')
            ),
            0
        ) as points_assessed,
        list_sum(
            list(sections.points order by sections.section_order)
            filter (where sections.state = 'assessed')
        ) as points,
        coalesce(
            list_sum(
                list(sections.bonus order by sections.section_order)
                filter (where sections.state = 'assessed')
            ),
            0
        ) as bonus,
        min(
            case
                when
                    sections.state = 'assessed'
                    then 100 * sections.points / sections.points_nominal
            end
        ) filter (where sections.is_compared) as lowest,
        count(*) filter (where sections.is_compared and sections.state <> 'assessed')
            as compared_without
    from sections
    group by sections.grid_order
),

scored as (
    select
        grid.unit_code,
        grid.grid_order,
        grid.period,
        grid.sequence,
        grid.kind,
        grid.peer_group,
        grid.is_ranked,
        rules.rule_set,
        gathered.coverage,
        gates.at_most_order,
        gates.gate_codes,
        gates.gate_reasons_zh,
        gates.gate_reasons_en,
        case
            when gathered.is_early then 'plan_not_started'
            when gathered.lacks_binding_figure then 'no_binding_figure'
            when rules.takes_lowest and gathered.compared_without > 0 then 'too_little_observed'
            when gathered.points_assessed / 100 < rules.availability - 1e-9
                then 'too_little_observed'
        end as reason,
        case
            when rules.takes_lowest then gathered.lowest
            -- A section that is left out leaves its points to the others.
            else 100 * gathered.points / nullif(gathered.points_assessed, 0)
        end as score_of_sections,
        gathered.bonus,
        coalesce(deductions.points, 0) as deduction,
        rules.total_cap
    from gathered
    inner join grid on gathered.grid_order = grid.grid_order
    cross join rules
    left join gates on grid.grid_order = gates.grid_order
    left join deductions on grid.grid_order = deductions.grid_order
),

totalled as (
    select
        scored.*,
        scored.reason is null as is_assessed,
        least(
            scored.total_cap,
            greatest(0, scored.score_of_sections + scored.bonus - scored.deduction)
        ) as score,
        -- Equal to the published precision means equal in rank and grade.
        round(
            least(
                scored.total_cap,
                greatest(0, scored.score_of_sections + scored.bonus - scored.deduction)
            ),
            parameters.rounding_digits
        ) as rounded_score,
        scored.is_ranked and scored.reason is null as takes_part
    from scored
    cross join parameters
),

ranked as (
    select
        totalled.*,
        case when takes_part then rank() over everybody end as rank,
        case when takes_part and peer_group is not null then rank() over peers end as group_rank,
        case when takes_part then count(*) over all_of_kind end as ranked_units,
        case when takes_part and peer_group is not null then count(*) over all_peers end
            as group_units
    from totalled
    window
        everybody as (
            partition by sequence, kind, takes_part
            order by rounded_score desc
        ),
        peers as (
            partition by sequence, kind, takes_part, peer_group
            order by rounded_score desc
        ),
        all_of_kind as (partition by sequence, kind, takes_part),
        all_peers as (partition by sequence, kind, takes_part, peer_group)
)

select
    ranked.unit_code,
    ranked.period,
    ranked.rule_set,
    case when ranked.is_assessed then 'assessed' else 'not_assessable' end as state,
    ranked.reason,
    case when ranked.is_assessed then ranked.score end as score,
    case when ranked.is_assessed then ranked.score_of_sections end as score_of_sections,
    case when ranked.is_assessed then ranked.bonus end as bonus,
    case when ranked.is_assessed then ranked.deduction end as deduction,
    capped.grade,
    banded.grade as grade_before_gates,
    ranked.gate_codes,
    ranked.gate_reasons_zh,
    ranked.gate_reasons_en,
    ranked.coverage,
    ranked.rank,
    ranked.group_rank,
    ranked.ranked_units,
    ranked.group_units
from ranked
left join grades as banded
    on
        ranked.is_assessed
        and ranked.rounded_score >= banded.lower
        and (ranked.rounded_score < banded.upper or banded.is_last)
left join grades as capped
    on
        ranked.is_assessed
        and least(banded.grade_order, ranked.at_most_order) = capped.grade_order
order by ranked.grid_order
