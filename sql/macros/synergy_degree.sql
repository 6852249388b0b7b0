-- Synergy degree D = sqrt(C · T), 0–1, of scores p (pollution) and k (carbon) in [0, 1] with
-- weights that sum to 1: C is the modified coupling degree, T the weighted mean.
-- Null: a score is null or NaN. Error: a score lies outside [0, 1].
-- Source: Wang 2021 (method.md §2.1 and §7.1).
create or replace macro synergy_degree(p, k, weight_p, weight_k) as
case
    when p is not null and k is not null
        then
            coordination_degree(
                coupling_degree_modified([p::double, k::double]),
                weight_p * p::double + weight_k * k::double
            )
end;
