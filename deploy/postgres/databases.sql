-- run once, when the server has no data yet; the first database is POSTGRES_DB
CREATE DATABASE payment;
