"""The paper: forward model, networks, schedules, configuration, Algorithm 1, posterior; on arrays and tensors."""
