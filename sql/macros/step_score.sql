-- Points of a completion rate by a step table: those of the highest step it reaches, else 0.
-- steps is a list of structs {rate, points} in any order; the rate is rounded to 6 digits.
-- Null: the rate is null or NaN.
-- Source: 国发〔2007〕36号 (method.md §3.1 R4), rulings 11.
create or replace macro step_score(completion_rate, steps) as
case
    when not isnan(completion_rate::double)
        then
            coalesce(
                list_max(
                    list_transform(
                        list_filter(
                            steps,
                            lambda step: step.rate <= round(completion_rate::double, 6)
                        ),
                        lambda step: step.points
                    )
                )::double,
                0
            )
end;
