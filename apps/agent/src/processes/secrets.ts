/**
 * Names whose value is a secret, however they are put together: `db-password`, `AWS_SECRET_ACCESS_KEY`, `dbPasswd`,
 * `spring.datasource.password`, `X-Api-Key`. A name that goes on says what is kept about it: `password-file`, `token-ttl`.
 */
const SECRET_NAME =
  /(?:pass(?:word|wd|phrase|code)?|pwd|secret|token|credentials?|auth(?:orization)?|api[-_.]?key|(?:access|account|private|secret|signing|encryption|master|shared|sas|auth|client|session|storage|app|service)[-_.]?key|cookie|sessionid|jwt)$/i;
/** These end like one and are none: words, and switches. */
const HARMLESS_NAME = /^(?:.*[-_.])?(?:compass|bypass|no-?auth|author|tokenizer|with-?auth)$/i;
/** Of a variable of the environment, as KEY=VALUE: in capitals a bare KEY is one, too. */
const SECRET_VARIABLE = /^(?:[A-Z0-9]+_)*(?:KEY|PASS|PAT|DSN)$/;

/** Programs that take a password right behind -p (mysql(1), mariadb(1)). */
const GLUED_PASSWORD = /^(?:mysql|mariadb)[\w-]*$/;
/** Options of some programs that a password follows, under a name that does not say so. */
const PASSWORD_OPTION: Readonly<Record<string, RegExp>> = {
  'redis-cli': /^-a$/,
  sshpass: /^-p$/,
  wget: /^--(?:http|ftp)-passwd$/,
  mongo: /^-p$/,
  mongosh: /^-p$/,
  mongodump: /^-p$/,
  ldapsearch: /^-w$/,
  ldapmodify: /^-w$/,
  sqlcmd: /^-P$/,
};
const MASK = '***';
/** Beyond, a word is cut before it is searched: no longer than this is ever told, and words may be megabytes. */
const LONGEST_WORD = 4_096;
const MOST_LENGTH = 16_384;

/**
 * A command line fit for other eyes: arguments joined by spaces, with what looks like a secret replaced by `***`:
 * `--password=X`, `--token X`, `PASSWORD=X`, `-Dname.password=X`, `mysql -pX`, `curl -u user:X`, `Bearer X`,
 * `scheme://user:X@host`, `Server=a;Password=X;`, `"password":"X"`, `X-Api-Key: X`. What is no secret stays to the
 * letter. Past some thousands of characters it is cut, which takes no secret apart that is shorter than that.
 */
export function maskedCommand(words: readonly string[]): string {
  const program = (words[0] ?? '').replace(/^.*\//, '');
  let option = Object.hasOwn(PASSWORD_OPTION, program) ? PASSWORD_OPTION[program] : undefined;
  const masked: string[] = [];
  let length = 0;
  let follows: 'nothing' | 'secret' | 'password' | 'user' = 'nothing';
  for (const whole of words) {
    const word = whole.slice(0, LONGEST_WORD);
    masked.push(follows === 'nothing' || (follows === 'secret' && word.startsWith('-')) ? plain(word) : hidden(word));
    if ((length += word.length) > MOST_LENGTH) break;
    follows = whatFollows(word);
  }
  return masked.join(' ');

  function plain(word: string): string {
    return GLUED_PASSWORD.test(program) && /^-p./.test(word) ? `-p${MASK}` : maskedWord(word);
  }

  function hidden(word: string): string {
    return follows === 'user' ? word.replace(/^([^:]*):.+$/s, `$1:${MASK}`) : MASK;
  }

  function whatFollows(word: string): typeof follows {
    if (program === 'curl' && /^(?:-u|-U|--user|--proxy-user)$/.test(word)) return 'user';
    if (option?.test(word) === true) {
      // What sshpass starts has options of its own.
      option = undefined;
      return 'password';
    }
    return /^--?[a-z][\w.-]{0,127}$/i.test(word) && isSecret(word.replace(/^--?/, '')) ? 'secret' : 'nothing';
  }
}

/** Every pattern begins where a name does and bounds its length, so that none takes longer than the word is long. */
function maskedWord(word: string): string {
  return (
    word
      // The last @ before the path ends the user: a password may hold one.
      .replace(/(?<![\w+.-])([a-z][a-z0-9+.-]{0,31}:\/\/[^\s:/@?#]{0,255}):[^\s/?#]*@/gi, `$1:${MASK}@`)
      .replace(/\b(Bearer|Basic)\s+\S+/gi, `$1 ${MASK}`)
      // Quoted, as in JSON and connection strings.
      .replace(
        /(?<![\w.-])(([\w.-]{1,128})["']?\s{0,8}[=:]\s{0,8})(["'])(?:(?!\3)[^\\]|\\.)*(\3|\\?$)/g,
        (text: string, head: string, name: string, quote: string, end: string) =>
          isSecret(name) || SECRET_VARIABLE.test(name) ? `${head}${quote}${MASK}${end}` : text,
      )
      .replace(/(?<![\w.-])([\w.-]{1,128})=((?!["'])[^\s&;,]+)/g, (assignment: string, name: string) =>
        isSecret(name) || SECRET_VARIABLE.test(name) ? `${name}=${MASK}` : assignment,
      )
      // A header: `X-Api-Key: X`.
      .replace(/^([\w-]{1,128}):\s+(?!(?:Bearer|Basic)\s)\S.*$/is, (header: string, name: string) =>
        isSecret(name) ? `${name}: ${MASK}` : header,
      )
  );
}

function isSecret(name: string): boolean {
  return SECRET_NAME.test(name) && !HARMLESS_NAME.test(name);
}
