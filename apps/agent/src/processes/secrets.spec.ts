import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { maskedCommand } from './secrets.ts';

describe('a command line for other eyes', () => {
  it.each([
    ['mysqld --password=hunter2 --port=3306', 'mysqld --password=*** --port=3306'],
    ['app --password hunter2 --port 3306', 'app --password *** --port 3306'],
    ['app --db-password hunter2', 'app --db-password ***'],
    ['app -token hunter2', 'app -token ***'],
    ['env API_KEY=hunter2 DEBUG=1 app', 'env API_KEY=*** DEBUG=1 app'],
    ['java -Dspring.datasource.password=hunter2 -jar a.jar', 'java -Dspring.datasource.password=*** -jar a.jar'],
    ['psql postgres://ann:hunter2@db:5432/shop', 'psql postgres://ann:***@db:5432/shop'],
    ['redis-cli -u redis://:hunter2@cache', 'redis-cli -u redis://:***@cache'],
    ['app --url=https://x/?a=1&access_token=hunter2&b=2', 'app --url=https://x/?a=1&access_token=***&b=2'],
    ['app --client-secret=hunter2', 'app --client-secret=***'],
    ['app --password -hunter2 --port 1', 'app --password -hunter2 --port 1'],
    ['/usr/bin/mysql -uroot -phunter2 -P3306 shop', '/usr/bin/mysql -uroot -p*** -P3306 shop'],
    ['mysqldump -p shop', 'mysqldump -p shop'],
    ['mariadb-dump -phunter2 shop', 'mariadb-dump -p*** shop'],
    ['ssh -p2222 host', 'ssh -p2222 host'],
    ['sshpass -p hunter2 ssh -p 2222 host', 'sshpass -p *** ssh -p 2222 host'],
    ['redis-cli -h cache -a hunter2 ping', 'redis-cli -h cache -a *** ping'],
    ['curl -u ann:hunter2 https://x', 'curl -u ann:*** https://x'],
    ['curl -u ann https://x', 'curl -u ann https://x'],
    ['docker run -p 8080:80 web', 'docker run -p 8080:80 web'],
    ['app --password hun:ter2', 'app --password ***'],
    ['ldapsearch -D cn=ann -w hunter2', 'ldapsearch -D cn=ann -w ***'],
    ['env AWS_SECRET_ACCESS_KEY=hunter2 app', 'env AWS_SECRET_ACCESS_KEY=*** app'],
    ['env STRIPE_KEY=hunter2 KEYBOARD=us app', 'env STRIPE_KEY=*** KEYBOARD=us app'],
    ['env DB_PASS=hunter2 GITHUB_TOKEN=hunter2 app', 'env DB_PASS=*** GITHUB_TOKEN=*** app'],
    ['java -Djavax.net.ssl.keyStorePassword=hunter2 -Xmx4g', 'java -Djavax.net.ssl.keyStorePassword=*** -Xmx4g'],
    ['app Server=db;User=sa;Password=hunter2;Encrypt=yes', 'app Server=db;User=sa;Password=***;Encrypt=yes'],
    ['app amqp://ann:hun@ter2@mq:5672/v', 'app amqp://ann:***@mq:5672/v'],
    ['app https://x/?sig=1&api_key=hunter2#top', 'app https://x/?sig=1&api_key=***'],
    ['app --config={"password":"hunter2","port":1}', 'app --config={"password":"***","port":1}'],
    ["app Pwd='hunter2';Database=shop", "app Pwd='***';Database=shop"],
  ])('%s', (command, masked) => {
    expect(maskedCommand(command.split(' '))).toBe(masked);
  });

  it('masks a bearer token inside one argument', () => {
    expect(maskedCommand(['curl', '-H', 'Authorization: Bearer hunter2', 'http://x'])).toBe(
      'curl -H Authorization: Bearer *** http://x',
    );
  });

  it.each([
    [['curl', '-H', 'X-Api-Key: hunter2', 'http://x'], 'curl -H X-Api-Key: *** http://x'],
    [['curl', '-H', 'Cookie: sid=hunter2; lang=en'], 'curl -H Cookie: ***'],
    [['curl', '-H', 'Authorization: Basic aHVudGVyMg=='], 'curl -H Authorization: Basic ***'],
    [['sh', '-c', 'PGPASSWORD=hunter2 psql -h db'], 'sh -c PGPASSWORD=*** psql -h db'],
    [['app', 'Data Source=db;Password="hun ter;2";Timeout=5'], 'app Data Source=db;Password="***";Timeout=5'],
  ])('masks what stands inside one argument: %j', (words, masked) => {
    expect(maskedCommand(words)).toBe(masked);
  });

  it('shows no secret, whatever it is made of and in whatever of the common ways it is given', () => {
    const ways: readonly ((secret: string) => string[])[] = [
      (secret) => ['app', '--password', secret],
      (secret) => ['app', `--db-password=${secret}`],
      (secret) => ['app', '-token', secret],
      (secret) => ['app', `API_TOKEN=${secret}`],
      (secret) => ['java', `-Ddb.password=${secret}`],
      (secret) => ['mysql', `-p${secret}`],
      (secret) => ['sshpass', '-p', secret, 'ssh', 'x'],
      (secret) => ['app', `postgres://ann:${secret}@db/shop`],
      (secret) => ['app', `Server=db;Password=${secret};Timeout=5`],
      (secret) => ['app', `{"password":"${secret}"}`],
      (secret) => ['curl', '-H', `Authorization: Bearer ${secret}`],
      (secret) => ['curl', '-H', `X-Api-Key: ${secret}`],
    ];
    // Nobody can tell the end of a secret that holds what ends it.
    const secrets = fc.stringMatching(/^[A-Za-z0-9_!%+=~@:*.][A-Za-z0-9_!%+=~@:*.-]{7,40}$/);
    fc.assert(
      fc.property(secrets, fc.constantFrom(...ways), (secret, way) => {
        expect(maskedCommand(way(secret))).not.toContain(secret);
      }),
      { numRuns: 2_000 },
    );
  });

  it('leaves words without the name of a secret, a scheme or a header to the letter', () => {
    const word = fc.stringMatching(/^[b-nq-rv-z0-9./-]{1,20}$/);
    fc.assert(
      fc.property(fc.array(word, { maxLength: 8 }), (words) => {
        expect(maskedCommand(['run', ...words])).toBe(['run', ...words].join(' '));
      }),
    );
  });

  it('never throws, and takes no longer than the command is long', () => {
    fc.assert(fc.property(fc.array(fc.string({ unit: 'binary' })), (words) => void maskedCommand(words)));
    const before = performance.now();
    const most = 200_000;
    for (const piece of ['a=', '"', 'a:', '://', 'password', "'\\", 'Basic ']) {
      maskedCommand(['x', piece.repeat(most / piece.length)]);
      maskedCommand(['x', ...Array.from({ length: 20_000 }, () => piece.repeat(10))]);
    }
    expect(performance.now() - before).toBeLessThan(1_000);
  });

  it('leaves alone what only sounds like a secret', () => {
    const words = [
      'passwd-watch',
      '--password-file',
      '/run/secret',
      '--token-ttl=5',
      '--password',
      '--verbose',
      'http://h:80/x@y',
      '--author=ann',
      '--bypass=yes',
      '--tokenizer=bert',
      '--no-auth',
      '--key=value',
      'key=value',
      'monkey=1',
      '-pool',
      '12:30',
      'a:b',
      '--ssl-key=/etc/x.pem',
      '--keystore=/etc/x.jks',
    ];
    expect(maskedCommand(words)).toBe(words.join(' '));
  });
});
