import { expect, it } from '@jest/globals';
import { valueText } from './values.ts';

it.each([
  ['ageMs', 400, 'less than 1 s', '不到 1 秒'],
  ['ageMs', 59_999, '59 s', '59 秒'],
  ['ageMs', 60_000, '1 min', '1 分钟'],
  ['ageSeconds', 245, '4 min 5 s', '4 分钟 5 秒'],
  ['ageSeconds', 12 * 60 + 30, '12 min', '12 分钟'],
  ['ageSeconds', 86_400 + 3_600, '1 d 1 h', '1 天 1 小时'],
  ['ageSeconds', 86_400 * 1_200, '1,200 d', '1,200 天'],
  ['skewMs', -5_000, '-5 s', '-5 秒'],
  ['agoMs', 300, 'just now', '刚刚'],
  ['sentAgoMs', 90_000, '1 min 30 s ago', '1 分钟 30 秒前'],
  ['usedShare', 0.0312, '3.1%', '3.1%'],
  ['usedShare', 0.856, '86%', '86%'],
  ['slopePerHour', 3_600.4, '3,600', '3,600'],
  ['slopePerHour', 2.3456, '2.35', '2.35'],
  ['pid', 123_456, '123456', '123456'],
  ['port', 65_535, '65535', '65535'],
  ['state', 'close_wait', 'CLOSE_WAIT', 'CLOSE_WAIT'],
  ['executable', 'nginx', 'nginx', 'nginx'],
])('%s %p is %s, in Chinese %s', (name, value, english, chinese) => {
  expect(valueText('en', name, value)).toBe(english);
  expect(valueText('zh-Hans', name, value)).toBe(chinese);
});
