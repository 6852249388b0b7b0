-- One row: one section of the assessment of one unit in one evaluated period.
with points as (
    select * from intermediate.int_assessment_points
),

items as (
    select * from reference.assessment_items
),

sections as (
    select * from reference.assessment_sections
),

rules as (
    select * from reference.assessment_rules
),

gathered as (
    select
        points.grid_order,
        points.section_order,
        coalesce(
            sum(items.share::decimal(18, 9)) filter (where points.state = 'assessed')::double, 0
        ) as share_assessed,
        coalesce(
            sum(items.share::decimal(18, 9)) filter (where points.state = 'missing')::double, 0
        ) as share_missing,
        bool_or(points.is_binding and points.state = 'missing') as lacks_binding_figure,
        bool_or(points.state = 'not_due') as is_early,
        list_sum(
            list(points.points order by points.item_order)
            filter (where points.state = 'assessed')
        ) as points,
        list_sum(
            list(points.points_available * points.bonus order by points.item_order)
            filter (where points.state = 'assessed')
        ) as weighted_bonus
    from points
    inner join items on points.item_order = items.item_order
    group by points.grid_order, points.section_order
)

select
    gathered.grid_order,
    sections.section_code,
    gathered.section_order,
    sections.points as points_nominal,
    sections.is_compared,
    gathered.share_assessed as coverage,
    gathered.lacks_binding_figure,
    case
        when gathered.share_assessed + gathered.share_missing = 0 and gathered.is_early
            then 'not_due'
        when gathered.share_assessed + gathered.share_missing = 0 then 'not_applicable'
        when gathered.lacks_binding_figure then 'not_assessable'
        when
            gathered.share_assessed
            >= rules.availability * (gathered.share_assessed + gathered.share_missing) - 1e-9
            then 'assessed'
        else 'not_assessable'
    end as state,
    gathered.points,
    case
        when sections.is_rewarded then coalesce(gathered.weighted_bonus / sections.points, 0)
        else 0
    end as bonus
from gathered
inner join sections on gathered.section_order = sections.section_order
cross join rules
