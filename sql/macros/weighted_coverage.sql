-- Share of the weight that was observed, 0–1: Σ w·coverage / Σ w over parts
-- (structs with weight and coverage).
create or replace macro weighted_coverage(parts) as
list_sum(list_transform(parts, lambda part: part.weight * part.coverage))
/ nullif(list_sum(list_transform(parts, lambda part: part.weight)), 0);
