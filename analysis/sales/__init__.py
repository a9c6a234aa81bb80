"""What US chipmakers sell to Chinese firms: the lenses, the traps between them, Huawei, and the reconciled estimate."""
