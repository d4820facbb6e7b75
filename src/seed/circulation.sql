-- A hundred loans, ten of them open, one every third day of 2025. The readers take turns, and so do sixty copies: who
-- borrows one has had back what they borrowed before, and the copy is back from its last reader.
insert into circulation_loan (id, copy_id, borrower_id, borrowed_at, due_on, returned_at, renewals)
select loan.id, copy.id, auth_user.id, borrowed_at,
       (borrowed_at at time zone 'UTC')::date + renewals * 10 + extract(day from loan_period)::integer,
       case when loan.id <= 90 then borrowed_at + renewals * interval '10 days' + (loan.id * 5 % 12 + 1) * interval '1 day' end,
       renewals
from generate_series(1, 100) as loan (id)
cross join lateral (
    select timestamptz '2025-01-06 09:00:00Z' + loan.id * interval '3 days' + loan.id * 37 % 480 * interval '1 minute',
           (loan.id % 7 = 0)::integer + (loan.id % 21 = 0)::integer
) as start (borrowed_at, renewals)
join (
    select holdings_copy.id, loan_period, row_number() over (order by holdings_copy.id) as position
    from holdings_copy
    join catalog_book on catalog_book.id = book_id
    join holdings_branch on holdings_branch.id = branch_id
    where not is_reference
) as copy on position = loan.id * 7 % 60 * 7 + 1
join auth_user on username = 'reader' || (loan.id % 5 + 1);
