"""placeholder until the language room lands"""
