import { TestBed } from '@angular/core/testing';
import { EndpointText } from './endpoint.ts';

it('keeps the port of an endpoint apart from what may be cut', async () => {
  const fixture = TestBed.createComponent(EndpointText);
  fixture.componentRef.setInput('text', '[2001:db8:85a3::8a2e:370:7334]:8443');
  await fixture.whenStable();
  const root = fixture.nativeElement as HTMLElement;
  expect(root.querySelector('.address')?.textContent).toBe('[2001:db8:85a3::8a2e:370:7334]');
  expect(root.querySelector('.port')?.textContent).toBe(':8443');
  expect(root.textContent).toBe('[2001:db8:85a3::8a2e:370:7334]:8443');
});
