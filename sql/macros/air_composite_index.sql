-- Composite air-quality index Σ C/S of six pollutants, dimensionless, lower is better.
-- S: PM2.5 35, PM10 70, SO2 60, NO2 40, O3 (8 h, 90th percentile) 160 µg/m³;
-- CO (95th percentile) 4 mg/m³. Null: one is null, NaN or infinite. Error: one is negative.
-- Source: HJ 663-2013; 城市环境空气质量排名技术规定 (method.md §2.12).
-- What is refused fails as a cast of its sentence: error() is volatile, which windows refuse.
create or replace macro air_composite_index(pm25, pm10, so2, no2, co, o3) as
case
    when
        not coalesce(
            isfinite(
                pm25::double
                + pm10::double
                + so2::double
                + no2::double
                + co::double
                + o3::double
            ),
            false
        )
        then null
    when least(pm25, pm10, so2, no2, co, o3) < 0
        then
            (
                'air_composite_index takes concentrations of at least 0, got '
                || concat_ws(', ', pm25, pm10, so2, no2, co, o3)
            )::double
    else
        pm25::double / 35
        + pm10::double / 70
        + so2::double / 60
        + no2::double / 40
        + co::double / 4
        + o3::double / 160
end;
