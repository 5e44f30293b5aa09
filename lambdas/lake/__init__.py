"""What all steps share about the lake: where things lie, how to reach them, what is handed on."""
