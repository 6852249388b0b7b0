-- One row: one node of the index that has no nodes below it, for one unit and period.
with sub_indices as (
    select * from intermediate.int_sub_index_scores
),

synergy as (
    select * from intermediate.int_synergy
),

coupling_nodes as (
    select node_code from staging.stg_nodes
    where takes = 'synergy_degree'
),

leaves as (
    select
        unit_code,
        period,
        node_code,
        state,
        score,
        coverage
    from sub_indices
    union all by name
    select
        synergy.unit_code,
        synergy.period,
        coupling_nodes.node_code,
        synergy.state,
        100 * synergy.d_modified as score,
        case when synergy.state = 'assessed' then 1.0 else 0.0 end as coverage
    from synergy
    cross join coupling_nodes
)

select * from leaves
