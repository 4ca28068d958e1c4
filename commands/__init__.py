"""The commands of `yuanxian`, by what they look after. Rooms are imported when a command runs: importing all takes seconds."""
