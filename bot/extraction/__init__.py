"""Facts in citizens' sentences: places, money, time, people, contacts. Pure functions, standard library and YAML only."""
