-- Coupling degree C of n subsystem scores u in [0, 1]: geometric over arithmetic mean, 0–1.
-- Null: a score is null or NaN, or all are zero (0/0, reason both_zero). Error: one lies outside.
-- Source: method.md §2.1; Wang Shujia et al. 2021, doi 10.31497/zrzyxb.20210319 (standard model).
-- What is refused fails as a cast of its sentence: error() is volatile, which windows refuse.
create or replace macro coupling_degree(u) as
-- The list around the argument is there to evaluate it once, however deep macros are nested.
list_transform(
    [u::double[]],
    lambda scores: case
        when
            scores is null
            or list_count(scores) < len(scores)
            or isnan(coalesce(list_max(scores), 0))
            then null
        when len(scores) < 2
            then
                (
                    'coupling_degree takes at least two subsystem scores, got '
                    || scores::varchar
                )::double
        -- A weighted mean of ones may exceed 1 by its rounding.
        when list_min(scores) < -1e-9 or list_max(scores) > 1 + 1e-9
            then
                (
                    'coupling_degree takes scores in [0, 1], got '
                    || scores::varchar
                )::double
        when list_max(scores) <= 0 then null
        -- C does not notice a common scale, and u / max u cannot underflow.
        else
            least(
                1::double,
                pow(
                    list_product(
                        list_transform(
                            scores,
                            lambda score: greatest(score, 0) / list_max(scores)
                        )
                    ),
                    1.0::double / len(scores)
                )
                / list_avg(
                    list_transform(
                        scores,
                        lambda score: greatest(score, 0) / list_max(scores)
                    )
                )
            )
    end
)[1];
