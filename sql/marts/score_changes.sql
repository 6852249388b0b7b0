-- One row: what one indicator did to the scores of one unit since one base period, by which cause.
with parts as (
    select * from intermediate.int_score_parts
),

node_changes as (
    select * from intermediate.int_node_changes
),

synergy_slopes as (
    select * from intermediate.int_synergy_slopes
),

kinds as (
    select * from staging.stg_nodes
),

coupling_nodes as (
    select node_code from staging.stg_nodes
    where takes = 'synergy_degree'
),

-- A side of the synergy degree moves the index twice: by itself and through the degree.
gathered as (
    select
        unit_code,
        period,
        grid_order,
        base_kind,
        base_period,
        node_code,
        indicator_code,
        cause,
        amount as node_change,
        null::double as synergy_change
    from parts
    union all by name
    select
        parts.unit_code,
        parts.period,
        parts.grid_order,
        parts.base_kind,
        parts.base_period,
        coupling_nodes.node_code,
        parts.indicator_code,
        parts.cause,
        100 * parts.amount * synergy_slopes.slope as node_change,
        parts.amount * synergy_slopes.slope as synergy_change
    from parts
    inner join synergy_slopes
        on
            parts.grid_order = synergy_slopes.grid_order
            and parts.base_kind = synergy_slopes.base_kind
            and parts.node_code = synergy_slopes.node_code
    left join coupling_nodes on true
),

in_parents as (
    select
        gathered.*,
        kinds.parent_code,
        gathered.node_change * node_changes.slope as parent_change
    from gathered
    left join kinds on gathered.node_code = kinds.node_code
    left join node_changes
        on
            gathered.grid_order = node_changes.grid_order
            and gathered.base_kind = node_changes.base_kind
            and gathered.node_code = node_changes.node_code
    union all by name
    select
        unit_code,
        period,
        grid_order,
        base_kind,
        base_period,
        node_code,
        'coverage' as cause,
        parent_code,
        coverage_change as parent_change
    from node_changes
    where coverage_change is not null
),

in_index as (
    select
        in_parents.*,
        parent_kinds.level = 'index' as hangs_on_the_index,
        in_parents.parent_change * pillar_changes.slope as through_pillar
    from in_parents
    left join kinds as parent_kinds on in_parents.parent_code = parent_kinds.node_code
    left join node_changes as pillar_changes
        on
            in_parents.grid_order = pillar_changes.grid_order
            and in_parents.base_kind = pillar_changes.base_kind
            and in_parents.parent_code = pillar_changes.node_code
)

select
    unit_code,
    period,
    base_kind,
    base_period,
    node_code,
    indicator_code,
    cause,
    node_change,
    case when not hangs_on_the_index then parent_code end as pillar_code,
    case when not hangs_on_the_index then parent_change end as pillar_change,
    case when hangs_on_the_index then parent_change else through_pillar end as index_change,
    synergy_change
from in_index
order by grid_order, base_kind, node_code, indicator_code
