/**
 * Whether a pattern of JavaScript means the same to Pact, which matches with Rust's regular expressions: they know groups of all kinds, but do not
 * look around or back, and read more into a class. When in doubt, it does not: what Rust does not understand would fail in the provider's tests,
 * where nobody would know why.
 */
export function isKnownToRust(pattern: string): boolean {
  let isInClass = false;
  for (let at = 0; at < pattern.length; at++) {
    const rest = pattern.slice(at);
    if (rest.startsWith('\\')) {
      // a backreference, a zero byte, a control character, half of a pair of UTF-16
      if (/^\\([0-9kc]|u[dD][89a-fA-F])/.test(rest)) return false;
      at++;
    } else if (isInClass) {
      // classes in classes, and what is to be done with two of them
      if (/^(\[|&&|--|~~)/.test(rest)) return false;
      if (rest.startsWith(']')) isInClass = false;
    } else if (rest.startsWith('[')) {
      // an empty class, and one of everything
      if (/^\[\^?\]/.test(rest)) return false;
      isInClass = true;
    } else if (/^\(\?<?[=!]/.test(rest)) return false;
  }
  return true;
}
