drop table reviews_review;
