#[dag]
pub fn f(&self, #[default(1)] n: u64) -> u64 { #![x] while n { } g(self.x) }
