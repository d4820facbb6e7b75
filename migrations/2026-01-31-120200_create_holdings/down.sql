drop table holdings_copy;
drop table holdings_branch;
