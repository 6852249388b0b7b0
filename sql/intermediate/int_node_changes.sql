-- One row: how one node of one unit moved the node above it since one base period.
with bases as (
    select * from intermediate.int_bases
    where base_kind <> 'base_year'
),

nodes as (
    select * from intermediate.int_node_shares
    where state = 'assessed'
),

kinds as (
    select * from staging.stg_nodes
),

parameters as (
    select * from reference.parameters
),

-- A node may be there in one of the two periods only, the node above it in both.
paired as (
    select
        bases.unit_code,
        bases.period,
        bases.grid_order,
        bases.base_kind,
        bases.base_period,
        kinds.node_code,
        kinds.parent_code,
        kinds.weight,
        parent_kinds.aggregation = 'geometric' as is_geometric,
        now.score,
        base.score as base_score,
        now.counted_score,
        base.counted_score as base_counted_score,
        coalesce(now.share, 0) as share,
        coalesce(base.share, 0) as base_share,
        now_parents.score as parent_score,
        base_parents.score as base_parent_score,
        now.score is not null and base.score is not null as is_in_both
    from bases
    inner join kinds on kinds.parent_code is not null
    inner join kinds as parent_kinds on kinds.parent_code = parent_kinds.node_code
    inner join nodes as now_parents
        on
            bases.unit_code = now_parents.unit_code
            and bases.period = now_parents.period
            and kinds.parent_code = now_parents.node_code
    inner join nodes as base_parents
        on
            bases.unit_code = base_parents.unit_code
            and bases.base_period = base_parents.period
            and kinds.parent_code = base_parents.node_code
    left join nodes as now
        on
            bases.unit_code = now.unit_code
            and bases.period = now.period
            and kinds.node_code = now.node_code
    left join nodes as base
        on
            bases.unit_code = base.unit_code
            and bases.base_period = base.period
            and kinds.node_code = base.node_code
    where now.score is not null or base.score is not null
),

-- The geometric mean is a sum of logarithms; L(G, G₀) turns their change into points.
measured as (
    select
        *,
        case when is_geometric then ln(counted_score) else counted_score end as height,
        case when is_geometric then ln(base_counted_score) else base_counted_score end
            as base_height,
        case
            when is_geometric then (ln(parent_score) + ln(base_parent_score)) / 2
            else (parent_score + base_parent_score) / 2
        end as parent_height,
        case when is_geometric then log_mean(parent_score, base_parent_score) else 1.0 end
            as points
    from paired
),

kept as (
    select
        grid_order,
        base_kind,
        parent_code,
        list_sum(list(weight * (height + base_height) / 2 order by node_code))
        / sum(weight::decimal(18, 12))::double as kept_height
    from measured
    where is_in_both
    group by grid_order, base_kind, parent_code
)

select
    measured.unit_code,
    measured.period,
    measured.grid_order,
    measured.base_kind,
    measured.base_period,
    measured.node_code,
    measured.parent_code,
    -- What one point of the node moves the node above.
    case
        when measured.is_in_both
            then
                (measured.share + measured.base_share)
                / 2
                * measured.points
                * case
                    when not measured.is_geometric then 1.0
                    else
                        1 / log_mean(measured.counted_score, measured.base_counted_score)
                        * case
                            when measured.score <> measured.base_score
                                then
                                    (measured.counted_score - measured.base_counted_score)
                                    / (measured.score - measured.base_score)
                            -- Below the floor of the mean a node moves nothing.
                            when measured.score > parameters.geometric_floor then 1.0
                            else 0.0
                        end
                end
    end as slope,
    -- What a node that appears or leaves moves the node above, against those that stay.
    case
        when not measured.is_in_both
            then
                measured.points
                * (measured.share - measured.base_share)
                * (
                    coalesce(measured.height, measured.base_height)
                    - coalesce(kept.kept_height, measured.parent_height)
                )
    end as coverage_change
from measured
cross join parameters
left join kept
    on
        measured.grid_order = kept.grid_order
        and measured.base_kind = kept.base_kind
        and measured.parent_code = kept.parent_code
