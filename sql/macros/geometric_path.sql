-- Decline required by now when every year takes the same share off:
-- 1 − (1 − total)^(elapsed / planned); total is a share in [0, 1), held after the last year.
-- Null: an argument is null, nothing has elapsed, or planned is 0.
-- Source: method.md §3.2 (Chongqing's 14 % in five years are 2.97 % a year), rulings 4.
create or replace macro geometric_path(total, elapsed, planned) as
case
    when elapsed > 0 and planned <> 0
        then 1 - pow(1 - total::double, least(1::double, elapsed::double / planned))
end;
