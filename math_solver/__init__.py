"""The mathematics solver: reads, plans, solves, and checks every step with sympy."""
