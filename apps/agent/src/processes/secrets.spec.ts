import { describe, expect, it } from '@jest/globals';
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
  ])('%s', (command, masked) => {
    expect(maskedCommand(command.split(' '))).toBe(masked);
  });

  it('masks a bearer token inside one argument', () => {
    expect(maskedCommand(['curl', '-H', 'Authorization: Bearer hunter2', 'http://x'])).toBe(
      'curl -H Authorization: Bearer *** http://x',
    );
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
    ];
    expect(maskedCommand(words)).toBe(words.join(' '));
  });
});
