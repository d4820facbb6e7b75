drop table circulation_loan;
