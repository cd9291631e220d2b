#[task]
#[fng]
__invisible_group[]