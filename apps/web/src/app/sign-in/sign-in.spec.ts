import { HttpClient, provideHttpClient, withInterceptors } from '@angular/common/http';
import { HttpTestingController, provideHttpClientTesting } from '@angular/common/http/testing';
import { Component } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { Router, provideRouter, withComponentInputBinding } from '@angular/router';
import { RouterTestingHarness } from '@angular/router/testing';
import { withLanguage } from '../../testing/language.ts';
import { signedIn } from '../session/session-guard.ts';
import { sessionInterceptor } from '../session/session-interceptor.ts';
import { SESSION_URL } from '../session/session-store.ts';
import { SignInPage } from './sign-in.ts';

@Component({ template: 'a page' })
class SomePage {}

const session = { username: 'admin', role: 'admin', expiresAt: '2026-12-01T00:00:00.000Z' };
const refused = { statusCode: 401, error: 'Unauthorized', message: 'no', issues: [], requestId: 'req-1' };

let http: HttpTestingController;
let harness: RouterTestingHarness;

beforeEach(async () => {
  await withLanguage('en', [
    provideRouter(
      [
        { path: 'sign-in', component: SignInPage },
        { path: '**', component: SomePage, canActivate: [signedIn] },
      ],
      withComponentInputBinding(),
    ),
    provideHttpClient(withInterceptors([sessionInterceptor])),
    provideHttpClientTesting(),
  ]);
  http = TestBed.inject(HttpTestingController);
  harness = await RouterTestingHarness.create();
});

afterEach(() => http.verify());

const url = () => TestBed.inject(Router).url;
const page = () => harness.routeNativeElement as HTMLElement;

/** Lets promises and effects run until nothing is left to do. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) {
    await new Promise((resolve) => setTimeout(resolve));
    harness.detectChanges();
  }
}

describe('the sign-in page', () => {
  it('signs in with the code by itself and goes where one wanted to go', async () => {
    await harness.navigateByUrl('/sign-in?code=ONCE&returnTo=%2Fhosts%2F7%3Frange%3D6h');
    const request = http.expectOne({ method: 'POST', url: SESSION_URL });
    expect(request.request.body).toEqual({ code: 'ONCE' });
    request.flush(session);
    await settle();
    expect(url()).toBe('/hosts/7?range=6h');
  });

  it('goes to the fleet when the place to return to is another site', async () => {
    await harness.navigateByUrl('/sign-in?code=ONCE&returnTo=%2F%2Fevil.example');
    http.expectOne({ method: 'POST', url: SESSION_URL }).flush(session);
    await settle();
    expect(url()).toBe('/fleet');
  });

  it('says that the code is used, shows the form and takes the code out of the URL', async () => {
    await harness.navigateByUrl('/sign-in?code=USED&returnTo=%2Fhosts%2F7');
    http.expectOne({ method: 'POST', url: SESSION_URL }).flush(refused, { status: 401, statusText: 'Unauthorized' });
    await settle();
    http.expectOne({ method: 'GET', url: SESSION_URL }).flush(refused, { status: 401, statusText: 'Unauthorized' });
    await settle();
    expect(page().querySelector('[role=alert]')?.textContent).toContain('has been used already');
    expect(page().querySelector('[role=alert]')?.textContent).toContain('req-1');
    expect(page().querySelector('[data-testid=sign-in-form]')).not.toBeNull();
    expect(url()).toBe('/sign-in?returnTo=%2Fhosts%2F7');
  });

  it('goes on when the link is opened again by someone who is signed in', async () => {
    await harness.navigateByUrl('/sign-in?code=USED');
    http.expectOne({ method: 'POST', url: SESSION_URL }).flush(refused, { status: 401, statusText: 'Unauthorized' });
    await settle();
    http.expectOne({ method: 'GET', url: SESSION_URL }).flush(session);
    await settle();
    expect(url()).toBe('/fleet');
  });

  it('signs in by name and password', async () => {
    await harness.navigateByUrl('/sign-in');
    const type = (id: string, value: string) => {
      const field = page().querySelector(`#${id}`) as HTMLInputElement;
      field.value = value;
      field.dispatchEvent(new Event('input'));
    };
    type('username', 'admin');
    type('password', 'secret');
    page().querySelector<HTMLElement>('button[type=submit]')?.click();
    await settle();
    const request = http.expectOne({ method: 'POST', url: SESSION_URL });
    expect(request.request.body).toEqual({ username: 'admin', password: 'secret' });
    request.flush(session);
    await settle();
    expect(url()).toBe('/fleet');
  });
});

describe('a session that ends', () => {
  it('leads to the sign-in page with the first answer that says so, and back to where one was', async () => {
    const arrived = harness.navigateByUrl('/hosts/7');
    await settle();
    http.expectOne({ method: 'GET', url: SESSION_URL }).flush(session);
    await arrived;
    TestBed.inject(HttpClient)
      .get('/api/v1/hosts')
      .subscribe({ error: () => undefined });
    http.expectOne('/api/v1/hosts').flush(refused, { status: 401, statusText: 'Unauthorized' });
    await settle();
    expect(url()).toBe('/sign-in?returnTo=%2Fhosts%2F7');
  });
});

describe('a page without a session', () => {
  it('leads to the sign-in page, which knows the way back', async () => {
    const arrived = harness.navigateByUrl('/hosts/7?range=6h');
    await settle();
    http.expectOne({ method: 'GET', url: SESSION_URL }).flush(refused, { status: 401, statusText: 'Unauthorized' });
    await arrived;
    expect(url()).toBe('/sign-in?returnTo=%2Fhosts%2F7%3Frange%3D6h');
  });
});
