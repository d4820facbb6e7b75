drop table restwell_throttle;
