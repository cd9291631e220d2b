#[dag(#[a] crate = #[b] c)]
#[cfg(any())] #[cfg_attr(all(), doc = "x")] #[deprecated] /** doc */ #[doc(hidden)] #[inline(always)] #[default(1)]
pub(in crate::a::b) fn f<#[x] T: #[y] Z>(#[default(1)] #[default(2)] #[default] #[default = 3] #[default()] /// doc
    n: u64, #[self::default(1)] #[a] (#[b] m): u64, #[c] ...) -> #[d] u64 {
    #[e] let x = #[f] g(#[g] n);
    #[h] for #[i] y in #[j] g(x) { #[k] h(#[l] y); }
    #[m] g(S { #[n] x, #[o] y: 1 })
}
