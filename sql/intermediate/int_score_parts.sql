-- One row: what one indicator did to the score of its node since one base period, in its points.
with bases as (
    select * from intermediate.int_bases
    where base_kind <> 'base_year'
),

nodes as (
    select * from intermediate.int_sub_index_scores
    where state = 'assessed'
),

scores as (
    select
        cell_order // 100000 as grid_order,
        cell_order % 100000 as indicator_order,
        unit_code,
        period,
        indicator_code,
        node_code,
        weight,
        effective_weight,
        case when state = 'observed' then score end as score
    from intermediate.int_indicator_scores
),

paired as (
    select
        bases.unit_code,
        bases.period,
        bases.grid_order,
        bases.base_kind,
        bases.base_period,
        now.node_code,
        now.indicator_code,
        now.weight,
        now.score,
        base.score as base_score,
        now.effective_weight,
        base.effective_weight as base_weight
    from bases
    inner join scores as now on bases.grid_order = now.grid_order
    inner join scores as base
        on
            bases.base_grid_order = base.grid_order
            and now.indicator_order = base.indicator_order
),

-- Only a node whose set of observed indicators changed has weights that moved.
regrouped as (
    select distinct
        grid_order,
        base_kind,
        node_code
    from paired
    where (score is null) <> (base_score is null)
),

kept as (
    select
        paired.grid_order,
        paired.base_kind,
        paired.node_code,
        list_sum(
            list(
                paired.weight * (paired.score + paired.base_score) / 2
                order by paired.indicator_code
            )
        )
        / nullif(sum(paired.weight::decimal(18, 12))::double, 0) as kept_score
    from paired
    inner join regrouped
        on
            paired.grid_order = regrouped.grid_order
            and paired.base_kind = regrouped.base_kind
            and paired.node_code = regrouped.node_code
    where paired.score is not null and paired.base_score is not null
    group by paired.grid_order, paired.base_kind, paired.node_code
)

-- S = Σ e·s moves by the midpoint of the two weights for each score that moved. The weight that an
-- indicator takes when it appears comes from those that stay, so its part is measured from their
-- mean, halfway; where none stays, from halfway between both scores of the node.
select
    paired.unit_code,
    paired.period,
    paired.grid_order,
    paired.base_kind,
    paired.base_period,
    paired.node_code,
    paired.indicator_code,
    case
        when paired.score is not null and paired.base_score is not null then 'figures'
        else 'coverage'
    end as cause,
    case
        when paired.score is not null and paired.base_score is not null
            then
                (paired.effective_weight + paired.base_weight)
                / 2
                * (paired.score - paired.base_score)
        when paired.score is not null
            then
                paired.effective_weight
                * (
                    paired.score
                    - coalesce(kept.kept_score, (now.score + base.score) / 2)
                )
        else
            -paired.base_weight
            * (
                paired.base_score
                - coalesce(kept.kept_score, (now.score + base.score) / 2)
            )
    end as amount
from paired
inner join nodes as now
    on
        paired.unit_code = now.unit_code
        and paired.period = now.period
        and paired.node_code = now.node_code
inner join nodes as base
    on
        paired.unit_code = base.unit_code
        and paired.base_period = base.period
        and paired.node_code = base.node_code
left join kept
    on
        paired.grid_order = kept.grid_order
        and paired.base_kind = kept.base_kind
        and paired.node_code = kept.node_code
where
    -- What was never observed did nothing.
    coalesce(paired.score, paired.base_score) is not null
    and paired.score is distinct from paired.base_score
