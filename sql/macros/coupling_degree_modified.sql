-- Modified coupling degree C of n subsystem scores u in [0, 1], 0–1:
-- sqrt((1 − mean |ui − uj| over all pairs) · (Π ui / max u)^(1/(n−1))).
-- Null: a score is null or NaN, or all are zero (0/0, reason both_zero). Error: one lies outside.
-- Source: Wang Shujia et al. 2021, 自然资源学报 36(3):793–810, doi 10.31497/zrzyxb.20210319.
-- What is refused fails as a cast of its sentence: error() is volatile, which windows refuse.
create or replace macro coupling_degree_modified(u) as
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
                    'coupling_degree_modified takes at least two subsystem scores, got '
                    || scores::varchar
                )::double
        -- A weighted mean of ones may exceed 1 by its rounding.
        when list_min(scores) < -1e-9 or list_max(scores) > 1 + 1e-9
            then
                (
                    'coupling_degree_modified takes scores in [0, 1], got '
                    || scores::varchar
                )::double
        when list_max(scores) <= 0 then null
        else
            sqrt(
                greatest(
                    0::double,
                    -- Every pair is met twice.
                    1 - list_sum(
                        list_transform(
                            scores,
                            lambda score: list_sum(
                                list_transform(
                                    scores, lambda other: abs(score - other)
                                )
                            )
                        )
                    ) / (len(scores) * (len(scores) - 1))
                )
                * pow(
                    list_product(
                        list_transform(
                            scores,
                            lambda score: greatest(score, 0) / list_max(scores)
                        )
                    ),
                    1.0::double / (len(scores) - 1)
                )
            )
    end
)[1];
